// Stands in for node's own modules, which the codecs name but never use in a browser.
export default {};
