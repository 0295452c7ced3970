// How much memory decoded images may take: little on a phone, whose browser ends a page that takes too much.

const MEBIBYTE = 1024 * 1024;
const PHONE_BUDGET = 192 * MEBIBYTE;
const DESKTOP_BUDGET = 768 * MEBIBYTE;
const SMALL_MEMORY_GIB = 4;

export function cacheBudget({ deviceMemory }, coarsePointer) {
  const small = coarsePointer || (deviceMemory !== undefined && deviceMemory < SMALL_MEMORY_GIB);
  return small ? PHONE_BUDGET : DESKTOP_BUDGET;
}

// Which images to prefetch: the nearest first, forwards before backwards, no more than half the budget holds.
export function prefetchOrder(index, count, { budget, imageBytes }) {
  const limit = Math.max(1, Math.floor(budget / 2 / Math.max(1, imageBytes)));
  const order = [];
  for (let distance = 1; distance < count && order.length < limit; distance += 1) {
    for (const each of [index + distance, index - distance]) if (each >= 0 && each < count) order.push(each);
  }
  return order.slice(0, limit);
}
