// How long a session still lasts, as the service tells it.
export const SECOND_MS = 1000;

// As told with a page that has just been opened. A clock that is wrong is put right by the first answer.
export function endsAtFirst({ idle, endsAt, warned }) {
  return {
    idleAt: Date.now() + idle * SECOND_MS,
    longestAt: Date.parse(endsAt),
    warnedMs: warned * SECOND_MS,
  };
}

export function endsOf({ idle_s: idle, longest_s: longest, warned_s: warned }) {
  const now = Date.now();
  return { idleAt: now + idle * SECOND_MS, longestAt: now + longest * SECOND_MS, warnedMs: warned * SECOND_MS };
}

// GET asks how long, POST goes on; 'over' for whoever is signed out, nothing where the service was not reached.
export async function askSession(address, method) {
  const response = await fetch(address, {
    method,
    credentials: 'same-origin',
    redirect: 'manual',
    headers: { Accept: 'application/json' },
  }).catch(() => null);
  if (!response) return null;
  // A stranger is led to the door.
  if (response.type === 'opaqueredirect' || response.status === 401 || response.status === 403) return 'over';
  return response.ok ? response.json() : null;
}
