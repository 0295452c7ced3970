// The images of one series, made ready to be shown as a stack.
import { decodedImageBytes, hasWindow, isColour, isHounsfield } from './series_metadata.js';
import { imagesInOrder } from './stack_order.js';
import { windowOf } from './windowing.js';

export function prepareStack(series, instances, { archive, loader }) {
  const images = imagesInOrder(instances);
  const imageIds = images.map((image) => archive.imageId(series, image));
  images.forEach(({ instance }, index) => loader.addMetadata(imageIds[index], instance));
  const [{ instance }] = images;
  const middleImageId = imageIds[Math.floor(imageIds.length / 2)];
  const colour = isColour(instance);
  const needsWindow = !colour && !hasWindow(instance);
  // One window for the whole stack, or its brightness would jump from image to image; where the middle image cannot be
  // decoded, by the one that is shown first.
  const initialWindow = async (index) => {
    if (!needsWindow) return undefined;
    const image = await loader.load(middleImageId).catch(() => loader.load(imageIds[index]));
    return windowOf(image.getPixelData());
  };
  return { images, imageIds, initialWindow, colour, hounsfield: isHounsfield(instance), imageBytes: decodedImageBytes(instance) };
}
