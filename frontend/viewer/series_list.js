// The series of the study as a list of buttons; one is open.

import { writeInto } from './in_its_language.js';
import { NON_IMAGE_MODALITIES } from './series_metadata.js';

// Returns what opens one of them; nothing is open before.
export function renderSeriesList(list, series, { messages, onOpen }) {
  const buttons = series.map((each) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'series__button';
    button.dataset.series = each.uid;
    button.append(
      span('series__modality', messages.modality(each.modality)),
      span('series__description', each.description || messages.text('series_unnamed')),
      span('series__count', each.count === undefined || NON_IMAGE_MODALITIES.has(each.modality) ? '' : messages.text('images', { count: each.count })),
    );
    button.addEventListener('click', () => select(each));
    const item = document.createElement('li');
    item.className = 'series__item';
    item.append(button);
    list.append(item);
    return button;
  });

  function select(chosen) {
    const selected = buttons[series.indexOf(chosen)];
    for (const button of buttons) button.setAttribute('aria-current', String(button === selected));
    selected.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    return onOpen(chosen);
  }

  return select;
}

function span(className, text) {
  const element = document.createElement('bdi');
  element.className = className;
  writeInto(element, text);
  return element;
}
