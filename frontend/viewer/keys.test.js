import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actOf } from './keys.js';

test('arrows leaf, with shift they move the picture', () => {
  assert.deepEqual(actOf({ key: 'ArrowDown' }), { act: 'step', by: 1 });
  assert.deepEqual(actOf({ key: 'ArrowLeft' }), { act: 'step', by: -1 });
  assert.equal(actOf({ key: 'ArrowLeft', shiftKey: true }).act, 'move');
});

test('letters go by their place, so that Russian keyboards work too', () => {
  assert.deepEqual(actOf({ key: 'ш', code: 'KeyI' }), { act: 'invert' });
  assert.deepEqual(actOf({ key: 'к', code: 'KeyR' }), { act: 'reset' });
});

test('plus zooms in as much as minus zooms out', () => {
  assert.equal(actOf({ key: '+' }).by * actOf({ key: '-' }).by, 1);
});

test('other keys stay with the browser', () => {
  assert.equal(actOf({ key: 'Tab', code: 'Tab' }), undefined);
});
