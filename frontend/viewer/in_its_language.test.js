import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otherLanguage } from './in_its_language.js';

test('a text says which language it is in only where that is not the page’s', () => {
  assert.equal(otherLanguage('Иванова Анна', 'en'), 'ru');
  assert.equal(otherLanguage('Ivanova Anna', 'ru'), 'en');
  assert.equal(otherLanguage('Иванова Анна', 'ru'), '');
  assert.equal(otherLanguage('Ivanova Anna', 'en'), '');
});

test('units, codes and acronyms are written so in both', () => {
  assert.equal(otherLanguage('T2 FSE, 5 mm', 'ru'), '');
});
