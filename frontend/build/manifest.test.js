import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestOf, plainName, staleFiles } from './manifest.js';

const DAY_MS = 24 * 60 * 60 * 1000;

test('a built name is found under its plain name', () => {
  assert.equal(plainName('viewer', 'viewer-a1B2.js'), 'viewer.js');
});

test('entries and style sheets are named, their parts are not', () => {
  const bundle = {
    'viewer-1.js': { type: 'chunk', isEntry: true, name: 'viewer', fileName: 'viewer-1.js' },
    'parts/lossless-2.js': { type: 'chunk', isEntry: false, name: 'lossless', fileName: 'parts/lossless-2.js' },
    'style-3.css': { type: 'asset', names: ['style.css'], fileName: 'style-3.css' },
    'codec-4.wasm': { type: 'asset', names: ['codec.wasm'], fileName: 'codec-4.wasm' },
  };
  assert.deepEqual(manifestOf(bundle), { 'viewer.js': 'viewer-1.js', 'style.css': 'style-3.css' });
});

test('only files of builds long gone are cleared away', () => {
  const old = 2 * DAY_MS;
  const files = [
    { name: 'viewer-new.js', modifiedAt: 0 },
    { name: 'viewer-new.js.gz', modifiedAt: 0 },
    { name: 'viewer-yesterday.js', modifiedAt: old - DAY_MS / 2 },
    { name: 'viewer-old.js', modifiedAt: 0 },
    { name: 'viewer-old.js.gz', modifiedAt: 0 },
    { name: '.built-from', modifiedAt: 0 },
  ];
  assert.deepEqual(staleFiles(files, new Set(['viewer-new.js']), old), ['viewer-old.js', 'viewer-old.js.gz']);
});
