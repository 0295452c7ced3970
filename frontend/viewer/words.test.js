import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Words } from './words.js';

const words = new Words({
  position: 'Снимок {number} из {count}',
  modalities: { CT: 'КТ' },
  signed_out: 'Войдите снова.',
  silent: 'Архив не отвечает.',
  failed: 'Снимок не открылся.',
});

test('names in a sentence are filled in', () => {
  assert.equal(words.text('position', { number: 12, count: 28 }), 'Снимок 12 из 28');
});

test('an unknown kind of picture keeps its code', () => {
  assert.equal(words.modality('CT'), 'КТ');
  assert.equal(words.modality('XA'), 'XA');
});

test('each fault has its sentence', () => {
  assert.equal(words.ofFault({ status: 401 }), 'Войдите снова.');
  assert.equal(words.ofFault({ status: 502 }), 'Архив не отвечает.');
  assert.equal(words.ofFault({ status: 0 }), 'Архив не отвечает.');
  assert.equal(words.ofFault(new Error('no decoder')), 'Снимок не открылся.');
});
