import { SECONDS, SERVING } from '../contract';
import type { Existing } from './existing';

/** The requirements of SageMaker that the text of the programs does not show, as sentences. */
export function missing({ dockerfile, hasTrain, hasServe, hasPing, positional }: Existing): string[] {
  if (dockerfile === undefined) {
    return ['Nothing serves the model: the app only trains it.', ...positional.map(positionalNote)];
  }
  const { entrypoint, command, ports } = dockerfile;
  const otherPorts = ports.filter((port) => port.replace(/\/tcp$/i, '') !== String(SERVING.port));
  const isShellForm = entrypoint !== undefined && !entrypoint.startsWith('[');
  const sentences: [boolean, string][] = [
    [!hasTrain, `No program \`train\` was found, which SageMaker starts for training. ${HOW_TO_START}`],
    [
      !hasServe,
      `No program \`serve\` was found, which SageMaker starts for inference: the app only trains. ${HOW_TO_START}`,
    ],
    [
      command !== undefined && entrypoint === undefined && !(hasTrain && hasServe),
      `SageMaker starts the image with the argument \`train\` or \`serve\` instead of its CMD (${command}).`,
    ],
    [isShellForm, `ENTRYPOINT ${entrypoint} ignores the argument \`train\` or \`serve\`. Use the exec form ["…"].`],
    [
      hasServe && !hasPing,
      `No program contains ${SERVING.ping}, the path of health checks, which must respond with 200 within ${SECONDS.pingTimeout} seconds.`,
    ],
    [
      hasServe && otherPorts.length > 0,
      `The image exposes port ${otherPorts.join(', ')}. SageMaker sends requests to port ${SERVING.port}, or to that in SAGEMAKER_BIND_TO_PORT.`,
    ],
  ];
  return sentences.flatMap(([isMissing, sentence]) => (isMissing ? [sentence] : []));
}

const positionalNote = (name: string): string =>
  `train.py requires the positional argument \`${name}\`, but hyperparameters are passed by name (--NAME VALUE): the training would fail. Make it an ` +
  `option with a default value, for a path that of its variable: add_argument("--${name}", default=os.environ.get("SM_CHANNEL_TRAIN")).`;

const HOW_TO_START =
  'Put an executable with this name on the PATH of the image, or let its ENTRYPOINT handle the argument.';
