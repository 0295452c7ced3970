import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withMarksShown } from './marks.js';

test('what turns the text after it is shown as its name', () => {
  assert.equal(withMarksShown('a\u202eb\u2066\x1b[1m'), 'a[U+202E]b[U+2066][U+001B][1m');
});

test('ordinary text, tabs and ends of lines stay as they are', () => {
  assert.equal(withMarksShown('Иванова\tАнна\r\n'), 'Иванова\tАнна\r\n');
});

test('a text from right to left keeps its order to itself', () => {
  assert.equal(withMarksShown('שלום'), '\u2068שלום\u2069');
});
