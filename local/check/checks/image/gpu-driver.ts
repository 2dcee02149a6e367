import type { Check } from '../../core/check';

const DIRECTORIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/local/nvidia'];
const DRIVER = /\/lib(cuda|nvidia-ml)\.so\.\d+(\.\d+)+$/;

export const gpuDriver: Check = {
  id: 'gpu-driver',
  group: 'image',
  severity: 'error',
  fact: 'A72',
  title: 'A GPU image has no driver of its own',
  run: async (lab) => {
    const images = (await lab.image.all()).filter(
      ({ info }) =>
        lab.specification.isGpu === true ||
        Object.keys(info.environment).some((name) => /^(NVIDIA_|CUDA_VERSION)/.test(name)),
    );
    const found = await Promise.all(
      images.map(async ({ image }) => {
        const files = (await Promise.all(DIRECTORIES.map((directory) => lab.image.files(image, directory)))).flat();
        const drivers = files.map((file) => file.path).filter((file) => DRIVER.test(file));
        return drivers.length === 0
          ? []
          : [
              {
                message: `${image} brings an NVIDIA driver. The instance's own is mounted at start, and the two do not fit together.`,
                fix: 'Install the CUDA toolkit without the driver packages (nvidia-driver, libcuda1, libnvidia-ml1).',
                evidence: drivers.slice(0, 5),
              },
            ];
      }),
    );
    return found.flat();
  },
};
