import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIN_WIDTH, PRESETS, adjustWindow, formatWindow, toRange, toWindow, windowOf } from './windowing.js';

test('a window of 80 around 40 goes from 0 to 79, as the standard counts', () => {
  assert.deepEqual(toRange({ centre: 40, width: 80 }), { lower: 0, upper: 79 });
});

test('there and back changes nothing', () => {
  for (const window of Object.values(PRESETS)) assert.deepEqual(toWindow(toRange(window)), window);
});

test('dragging to the right widens, downwards raises the centre', () => {
  assert.deepEqual(adjustWindow({ centre: 40, width: 100 }, { right: 0.5, down: 0 }), { centre: 40, width: 200 });
  assert.deepEqual(adjustWindow({ centre: 40, width: 100 }, { right: 0, down: 0.1 }), { centre: 60, width: 100 });
});

test('a window never closes', () => {
  assert.equal(adjustWindow({ centre: 40, width: 100 }, { right: -3, down: 0 }).width, MIN_WIDTH);
});

test('a few wild points do not decide the window', () => {
  const values = Int16Array.from({ length: 10000 }, (_, index) => index % 1000);
  values[5] = 32767;
  const { lower, upper } = toRange(windowOf(values));
  assert.ok(lower >= 0 && lower < 20);
  assert.ok(upper > 980 && upper < 1000);
});

test('an even grey image still has a window', () => {
  assert.ok(windowOf(new Uint8Array(100).fill(7)).width >= MIN_WIDTH);
});

test('window values are shown whole, small ones with two digits', () => {
  assert.deepEqual(formatWindow({ centre: 39.6, width: 400 }), { centre: '40', width: '400' });
  assert.deepEqual(formatWindow({ centre: 0.5, width: 1 }), { centre: '0.50', width: '1.00' });
});

test('a window is not dragged to where it tells no values apart', () => {
  const values = { lower: -1000, upper: 3000 };
  assert.equal(adjustWindow({ centre: 40, width: 80 }, { right: -9, down: 0 }, values).width, 5);
  assert.equal(adjustWindow({ centre: 40, width: 80 }, { right: 0, down: 999 }, values).centre, 3000);
  assert.equal(adjustWindow({ centre: 40, width: 80 }, { right: 0, down: -999 }, values).centre, -1000);
});
