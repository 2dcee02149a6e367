/**
 * The mode in which training data is delivered to a container.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
 */
export enum InputMode {
  /** The data is downloaded before the container starts. */
  FILE = 'File',

  /** The data is streamed on demand through a read-only file system. */
  FAST_FILE = 'FastFile',

  /** The data is streamed through a named pipe for each epoch. */
  PIPE = 'Pipe',
}
