import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest, roomFor } from './room.js';

test('a phone keeps fewer pictures than a desk', () => {
  assert.ok(roomFor({}, true) < roomFor({ deviceMemory: 8 }, false));
  assert.equal(roomFor({ deviceMemory: 2 }, false), roomFor({}, true));
});

test('the nearest pictures come first, forwards before backwards', () => {
  assert.deepEqual(nearest(2, 5, { room: 1000, bytes: 1 }), [3, 1, 4, 0]);
});

test('no more is fetched ahead than half the room holds', () => {
  assert.deepEqual(nearest(0, 100, { room: 60, bytes: 10 }), [1, 2, 3]);
});
