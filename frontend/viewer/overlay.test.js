import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateOf, inLatinLetters, personName } from './overlay.js';

const value = (...Value) => ({ Value });

test('a name is written as people write it', () => {
  assert.equal(personName({ '00100010': value({ Alphabetic: 'Иванова^Анна^^ ' }) }), 'Иванова Анна');
  assert.equal(personName({}), '');
});

test('marks that turn the reading direction are shown as what they are', () => {
  assert.equal(personName({ '00100010': value({ Alphabetic: '\u202eIvanov\u001b[1m' }) }), '[U+202E]Ivanov[U+001B][1m');
});

test('the day is that of the image before that of the study', () => {
  assert.equal(dateOf({ '00080022': value('20240131'), '00080020': value('20240101') }, 'en'), '31 Jan 2024');
  assert.equal(dateOf({ '00080022': value('20240131') }, 'ru'), '31 янв. 2024\u00a0г.');
  assert.equal(dateOf({ '00080022': value(''), '00080020': value('20240101') }, 'en'), '1 Jan 2024');
});

test('no day is not guessed', () => {
  assert.equal(dateOf({ '00080020': value('20240231') }, 'ru'), '');
  assert.equal(dateOf({}, 'ru'), '');
});

test('a Russian name is read in Latin letters where the page gives them', () => {
  const letters = { и: 'i', в: 'v', а: 'a', н: 'n', о: 'o', ь: '', ю: 'iu', я: 'ia' };

  assert.equal(inLatinLetters('Иванова Юнья', letters), 'Ivanova Iunia');
  assert.equal(inLatinLetters('ИВАНОВА ЮНЯ', letters), 'IVANOVA IUNIA');
  assert.equal(inLatinLetters('Ivanova Anna', letters), 'Ivanova Anna');
  assert.equal(inLatinLetters('Иванова'), 'Иванова');
  assert.equal(inLatinLetters('constructor', letters), 'constructor');
});
