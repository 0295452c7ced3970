import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplaceableWorker } from './replaceable_worker.js';

class FakeWorker extends EventTarget {
  asked = [];
  postMessage(message) {
    this.asked.push(message.id);
  }
  answer(id, name) {
    this.dispatchEvent(new MessageEvent('message', { data: { id, type: name ? 'HANDLER' : 'RAW', name } }));
  }
  terminate() {
    this.terminated = true;
  }
}

function staffed(options) {
  const begun = [];
  const worker = new ReplaceableWorker(() => begun[begun.push(new FakeWorker()) - 1], options);
  const answers = [];
  worker.addEventListener('message', ({ data }) => answers.push(data));
  return { worker, begun, answers };
}

test('nothing is begun before there is something to decode', () => {
  const { worker, begun } = staffed();
  assert.equal(begun.length, 0);
  worker.postMessage({ id: 'a' });
  assert.deepEqual(begun[0].asked, ['a']);
  worker.terminate();
});

test('after a fault the next image is decoded by another worker', () => {
  const { worker, begun, answers } = staffed();
  worker.postMessage({ id: 'cut' });
  begun[0].answer('cut', 'throw');
  worker.postMessage({ id: 'sound' });
  assert.equal(begun[0].terminated, true);
  assert.deepEqual(begun[1].asked, ['sound']);
  assert.deepEqual(answers.map(({ id, name }) => [id, name]), [['cut', 'throw']]);
  worker.terminate();
});

test('what waited behind the fault is asked again, and answered once', () => {
  const { worker, begun, answers } = staffed();
  for (const id of ['cut', 'sound']) worker.postMessage({ id });
  begun[0].answer('cut', 'throw');
  begun[0].answer('sound');
  assert.deepEqual(begun[1].asked, ['sound']);
  begun[1].answer('sound');
  assert.deepEqual(answers.map(({ id }) => id), ['cut', 'sound']);
});

test('a bare text that a codec throws becomes an error', () => {
  const { worker, begun, answers } = staffed();
  worker.postMessage({ id: 'cut' });
  begun[0].dispatchEvent(new MessageEvent('message', { data: { id: 'cut', type: 'HANDLER', name: 'throw', value: { isError: false, value: 'cut' } } }));
  assert.deepEqual(answers[0].value, { isError: true, value: { name: 'Error', message: 'cut', stack: '' } });
});

test('a worker that breaks down leaves no question open', () => {
  const { worker, begun, answers } = staffed();
  for (const id of ['a', 'b']) worker.postMessage({ id });
  begun[0].dispatchEvent(new Event('error'));
  assert.deepEqual(answers.map(({ id, name }) => [id, name]), [['a', 'throw'], ['b', 'throw']]);
});

test('a decoder that does not come to an end is given up', async () => {
  const { worker, begun, answers } = staffed({ longestWaitMs: 1 });
  worker.postMessage({ id: 'endless' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(begun[0].terminated, true);
  assert.equal(answers[0].name, 'throw');
});
