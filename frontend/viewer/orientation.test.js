import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeLetters } from './orientation.js';

const named = (...Value) => ({ instance: { '00200020': { Value } } });

test('an axial slice is seen from the feet: the left hand is on the right', () => {
  assert.deepEqual(edgeLetters({ orientation: [1, 0, 0, 0, 1, 0] }), { left: 'R', right: 'L', top: 'A', bottom: 'P' });
});

test('a sagittal and a coronal slice have the head above', () => {
  assert.deepEqual(edgeLetters({ orientation: [0, 1, 0, 0, 0, -1] }), { left: 'A', right: 'P', top: 'H', bottom: 'F' });
  assert.deepEqual(edgeLetters({ orientation: [1, 0, 0, 0, 0, -1] }), { left: 'R', right: 'L', top: 'H', bottom: 'F' });
});

test('a leaning slice names the nearer side first', () => {
  assert.equal(edgeLetters({ orientation: [0.8, 0.6, 0, 0, 0, -1] }).right, 'LP');
  assert.equal(edgeLetters({ orientation: [0.9998, 0.02, 0, 0, 0, -1] }).right, 'L');
});

test('a film says its sides in letters', () => {
  assert.deepEqual(edgeLetters(named('L', 'F')), { left: 'R', right: 'L', top: 'H', bottom: 'F' });
});

test('nothing is guessed', () => {
  assert.equal(edgeLetters({ instance: {} }), undefined);
  assert.equal(edgeLetters(named('L', '')), undefined);
  assert.equal(edgeLetters(named('X', 'F')), undefined);
  assert.equal(edgeLetters({ orientation: [0, 0, 0, 0, 0, 0] }), undefined);
  assert.equal(edgeLetters({ orientation: [1, 0, 0, 1, 0, 0] }), undefined);
});
