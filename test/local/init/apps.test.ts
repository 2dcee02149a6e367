import { appsOfAllKinds } from './apps';
import { directoryWithPackages, runStackTests } from './projects';

describe.each(appsOfAllKinds(directoryWithPackages()))('The app of $name passes its tests', ({ directory }) => {
  runStackTests(directory);
});
