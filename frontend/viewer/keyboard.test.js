import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf } from './keyboard.js';

test('arrows scroll, with shift they move the image', () => {
  assert.deepEqual(commandOf({ key: 'ArrowDown' }), { name: 'step', by: 1 });
  assert.deepEqual(commandOf({ key: 'ArrowLeft' }), { name: 'step', by: -1 });
  assert.equal(commandOf({ key: 'ArrowLeft', shiftKey: true }).name, 'move');
});

test('letters go by their place, so that Russian keyboards work too', () => {
  assert.deepEqual(commandOf({ key: 'ш', code: 'KeyI' }), { name: 'invert' });
  assert.deepEqual(commandOf({ key: 'к', code: 'KeyR' }), { name: 'reset' });
});

test('plus zooms in as much as minus zooms out', () => {
  assert.equal(commandOf({ key: '+' }).by * commandOf({ key: '-' }).by, 1);
});

test('the question mark opens the help, wherever it lies', () => {
  assert.deepEqual(commandOf({ key: '?', code: 'Slash', shiftKey: true }), { name: 'help' });
  assert.deepEqual(commandOf({ key: '?', code: 'Digit7', shiftKey: true }), { name: 'help' });
});

test('other keys stay with the browser', () => {
  assert.equal(commandOf({ key: 'Tab', code: 'Tab' }), undefined);
});
