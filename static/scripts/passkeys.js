// Passkeys as browsers know them (WebAuthn Level 3): the service speaks base64url (RFC 4648, 5), the browser bytes.

export const known = () => Boolean(window.PublicKeyCredential && navigator.credentials);

// What the service answers to a form's fields, or nothing where it refuses or is not reached.
export async function ask(address, fields) {
  const response = await fetch(address, {
    method: 'POST',
    credentials: 'same-origin',
    redirect: 'manual',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams(fields),
  }).catch(() => null);
  return response && response.ok ? response.json() : null;
}

export async function make(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  const { response } = credential;
  return told(credential, {
    clientDataJSON: toText(response.clientDataJSON),
    attestationObject: toText(response.attestationObject),
    transports: response.getTransports ? response.getTransports() : [],
  });
}

export async function use(options) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });
  const { response } = credential;
  return told(credential, {
    clientDataJSON: toText(response.clientDataJSON),
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    userHandle: response.userHandle ? toText(response.userHandle) : null,
  });
}

function told({ id, rawId, type }, response) {
  return JSON.stringify({ id, rawId: toText(rawId), type, response, clientExtensionResults: {} });
}

function described(credentials) {
  return (credentials || []).map((each) => ({ ...each, id: toBytes(each.id) }));
}

function toBytes(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function toText(bytes) {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
