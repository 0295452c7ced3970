// Loads a behaviour for every element that names one: data-behaviour="focus" loads behaviours/focus.js.
// A behaviour is a module whose default export takes the element. Pages work without any of them.

document.documentElement.classList.add('scripts-run');

export async function attachBehaviours(root) {
  for (const element of root.querySelectorAll('[data-behaviour]')) {
    for (const name of element.dataset.behaviour.split(' ')) {
      const { default: attach } = await import(`./behaviours/${name}.js`);
      attach(element);
    }
    element.dataset.attached = '';
  }
}

attachBehaviours(document);
