import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Messages } from './messages.js';

const messages = new Messages({
  position: 'Снимок {number} из {count}',
  modalities: { CT: 'КТ' },
  signed_out: 'Войдите снова.',
  unavailable: 'Архив не отвечает.',
  failed: 'Снимок не открылся.',
});

test('names in a sentence are filled in', () => {
  assert.equal(messages.text('position', { number: 12, count: 28 }), 'Снимок 12 из 28');
});

test('an unknown kind of picture keeps its code', () => {
  assert.equal(messages.modality('CT'), 'КТ');
  assert.equal(messages.modality('XA'), 'XA');
  for (const code of ['constructor', '__proto__', 'toString']) assert.equal(messages.modality(code), code);
});

test('each fault has its sentence', () => {
  assert.equal(messages.forFault({ status: 401 }), 'Войдите снова.');
  assert.equal(messages.forFault({ status: 502 }), 'Архив не отвечает.');
  assert.equal(messages.forFault({ status: 0 }), 'Архив не отвечает.');
  assert.equal(messages.forFault(new Error('no decoder')), 'Снимок не открылся.');
});
