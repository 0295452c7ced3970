// The series of the study as a list of buttons; one is open.

// Reports, documents, saved displays and selections: what they count is not images.
const NON_IMAGE_MODALITIES = new Set(['SR', 'DOC', 'PR', 'KO']);

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
    button.addEventListener('click', () => select(button));
    const item = document.createElement('li');
    item.className = 'series__item';
    item.append(button);
    list.append(item);
    return button;
  });

  function select(selected) {
    for (const button of buttons) button.setAttribute('aria-current', String(button === selected));
    selected.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    onOpen(series[buttons.indexOf(selected)]);
  }

  if (buttons.length) select(buttons[0]);
}

function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}
