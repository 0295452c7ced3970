// Stands in for xmlbuilder2, which the drawing library loads for XML files that no viewer here opens.
const refuse = () => {
  throw new Error('XML files are not read by the viewer');
};

export const create = refuse;
export const fragment = refuse;
export const convert = refuse;
export const builder = refuse;
export default { create, fragment, convert, builder };
