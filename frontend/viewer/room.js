// How much memory decoded pictures may take: little on a phone, whose browser ends a page that takes too much.

const MEBIBYTE = 1024 * 1024;
const PHONE_ROOM = 192 * MEBIBYTE;
const DESK_ROOM = 768 * MEBIBYTE;
const SMALL_MEMORY_GIB = 4;

export function roomFor({ deviceMemory }, touched) {
  const small = touched || (deviceMemory !== undefined && deviceMemory < SMALL_MEMORY_GIB);
  return small ? PHONE_ROOM : DESK_ROOM;
}

// Which pictures to fetch ahead: the nearest first, forwards before backwards, no more than half the room holds.
export function nearest(index, count, { room, bytes }) {
  const most = Math.max(1, Math.floor(room / 2 / Math.max(1, bytes)));
  const order = [];
  for (let away = 1; away < count && order.length < most; away += 1) {
    for (const each of [index + away, index - away]) if (each >= 0 && each < count) order.push(each);
  }
  return order.slice(0, most);
}
