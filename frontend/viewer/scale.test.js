import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MEASURED, measuredAt, scaleBar } from './scale.js';

const value = (...Value) => ({ Value });
const image = (instance, ...groups) => ({ instance, groups });

test('the bar has a round length and its room', () => {
  assert.deepEqual(scaleBar(0.5, 220), { points: 200, length: 10, unit: 'cm' });
  assert.deepEqual(scaleBar(0.05, 120), { points: 100, length: 5, unit: 'mm' });
  assert.equal(scaleBar(0.001, 120), undefined);
});

test('a slice is measured in the body', () => {
  assert.equal(measuredAt(image({ '00280030': value(0.5, 0.5) })), MEASURED.body);
});

test('a distance that is that of the detector is no distance in the body', () => {
  const film = { '00280030': value(0.14, 0.14), '00181164': value(0.14, 0.14) };
  assert.equal(measuredAt(image(film)), MEASURED.detector);
  assert.equal(measuredAt(image({ ...film, '00280030': value(0.1, 0.1) })), MEASURED.body);
});

test('the frames of an enhanced instance tell it themselves', () => {
  assert.equal(measuredAt(image({}, { '00289110': value({ '00280030': value(1, 1) }) })), MEASURED.body);
});

test('nothing is measured where nothing is told', () => {
  assert.equal(measuredAt(image({})), undefined);
});
