// The series of the study as a list of buttons; one is open.

// Reports, documents, saved displays and selections: what they count is not pictures.
const WITHOUT_PICTURES = new Set(['SR', 'DOC', 'PR', 'KO']);

export function listSeries(list, series, { words, open }) {
  const buttons = series.map((each) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'series__button';
    button.dataset.series = each.uid;
    button.append(
      part('series__kind', words.modality(each.modality)),
      part('series__name', each.description || words.text('series_unnamed')),
      part('series__count', each.count === undefined || WITHOUT_PICTURES.has(each.modality) ? '' : words.text('images', { count: each.count })),
    );
    button.addEventListener('click', () => choose(button));
    const item = document.createElement('li');
    item.className = 'series__item';
    item.append(button);
    list.append(item);
    return button;
  });

  function choose(chosen) {
    for (const button of buttons) button.setAttribute('aria-current', String(button === chosen));
    chosen.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    open(series[buttons.indexOf(chosen)]);
  }

  if (buttons.length) choose(buttons[0]);
}

function part(name, words) {
  const span = document.createElement('span');
  span.className = name;
  span.textContent = words;
  return span;
}
