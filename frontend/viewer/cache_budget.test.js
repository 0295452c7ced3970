import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheBudget, prefetchOrder } from './cache_budget.js';

test('a phone keeps fewer images than a desktop', () => {
  assert.ok(cacheBudget({}, true) < cacheBudget({ deviceMemory: 8 }, false));
  assert.equal(cacheBudget({ deviceMemory: 2 }, false), cacheBudget({}, true));
});

test('the nearest images come first, forwards before backwards', () => {
  assert.deepEqual(prefetchOrder(2, 5, { budget: 1000, imageBytes: 1 }), [3, 1, 4, 0]);
});

test('no more is prefetched than half the budget holds', () => {
  assert.deepEqual(prefetchOrder(0, 100, { budget: 60, imageBytes: 10 }), [1, 2, 3]);
});
