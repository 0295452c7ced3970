// What stands on the image itself: whose it is and when it was taken, which side each edge is, and a scale.
import { TAG, textOf, valuesOf } from './attributes.js';
import { writeInto } from './in_its_language.js';
import { edgeLetters } from './orientation.js';
import { measuredAt, scaleBar } from './scale.js';

const SCALE_SHARE = 0.25;
const DATES = [TAG.acquisitionDate, TAG.contentDate, TAG.seriesDate, TAG.studyDate];

export class Overlay {
  constructor(page, messages) {
    this.page = page;
    this.messages = messages;
  }

  // What the image on screen says of itself; nothing where there is none.
  show(image, viewport) {
    this.#showPatient(image);
    const letters = image && edgeLetters(image);
    for (const edge of this.page.edges) edge.textContent = letters?.[edge.dataset.edge] ?? '';
    this.measured = image && measuredAt(image);
    this.showScale(viewport);
  }

  #showPatient(image) {
    const { patientName, latinName, takenOn } = this.page;
    const name = image ? personName(image.instance) : '';
    const latin = inLatinLetters(name, this.messages.texts.latin_letters);
    // Readers of English get both: what they can read, and what the device wrote.
    latinName.hidden = latin === name;
    latinName.textContent = latinName.hidden ? '' : latin;
    writeInto(patientName, name || !image ? name : this.messages.text('no_name'));
    takenOn.textContent = image ? dateOf(image.instance, document.documentElement.lang) || this.messages.text('no_date') : '';
  }

  // Anew whenever the size of the image changes.
  showScale(viewport) {
    const { scale, scaleBar: bar, scaleText, canvas } = this.page;
    const found = this.measured && scaleBar(viewport.mmPerPoint, canvas.clientWidth * SCALE_SHARE);
    scale.hidden = !found;
    if (!found) return;
    bar.style.width = `${found.points}px`;
    scaleText.textContent = this.messages.text(`${found.unit}_${this.measured}`, { length: found.length });
  }
}

// A name as people write it; the parts of DICOM's are parted by carets (PS3.5 6.2.1).
export function personName(instance) {
  const [name] = valuesOf(instance, TAG.patientName);
  const written = name?.Alphabetic || name?.Ideographic || name?.Phonetic || '';
  return textOf({ [TAG.patientName]: { Value: [written] } }, TAG.patientName)
    .split('^')
    .filter((part) => part.trim())
    .join(' ');
}

// As foundation/language/latin_letters.py writes a name, whose letters the page gives where its readers want them.
export function inLatinLetters(name, letters = {}) {
  const written = [...name]
    .map((each) => {
      const latin = letters[each.toLowerCase()];
      if (latin === undefined) return each;
      return each === each.toLowerCase() ? latin : latin.slice(0, 1).toUpperCase() + latin.slice(1);
    })
    .join('');
  const capitals = name.length > 1 && name === name.toUpperCase() && name !== name.toLowerCase();
  return capitals ? written.toUpperCase() : written;
}

// The day on which the image was taken, in the reader's language; empty where it is not known or no day.
export function dateOf(instance, language) {
  for (const tag of DATES) {
    const [, year, month, day] = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(textOf(instance, tag)) ?? [];
    const date = new Date(Date.UTC(year, month - 1, day));
    if (date.getUTCDate() !== Number(day)) continue;
    const written = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium', timeZone: 'UTC' });
    return written.format(date).replace(' г.', '\u00a0г.');
  }
  return '';
}
