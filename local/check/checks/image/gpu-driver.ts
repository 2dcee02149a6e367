import type { Problem } from '../../core/finding';
import type { CheckContext } from '../../probe/check-context';
import type { Check } from '../check';

const DIRECTORIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/local/nvidia'];
const DRIVER = /\/lib(cuda|nvidia-ml)\.so\.\d+(\.\d+)+$/;
const SHOWN = 5;

export const gpuDriver: Check = {
  id: 'gpu-driver',
  group: 'image',
  severity: 'error',
  fact: 'A72',
  title: 'A GPU image does not contain the NVIDIA driver',
  run: async (context) => {
    const images = (await context.image.all()).filter(
      ({ info }) =>
        context.specification.isGpu === true ||
        Object.keys(info.environment).some((name) => /^(NVIDIA_|CUDA_VERSION)/.test(name)),
    );
    return (await Promise.all(images.map(({ image }) => problemsOf(context, image)))).flat();
  },
};

async function problemsOf(context: CheckContext, image: string): Promise<Problem[]> {
  const files = await Promise.all(DIRECTORIES.map((directory) => context.image.files(image, directory)));
  const drivers = files
    .flat()
    .map(({ path }) => path)
    .filter((path) => DRIVER.test(path));
  if (drivers.length === 0) return [];
  return [
    {
      message: `${context.image.nameOf(image)} contains an NVIDIA driver, which conflicts with the driver that is mounted from the instance.`,
      fix: 'Install the CUDA toolkit without the driver packages (nvidia-driver, libcuda1, libnvidia-ml1).',
      evidence: drivers.slice(0, SHOWN),
    },
  ];
}
