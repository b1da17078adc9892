import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { containerUser, type RehearsedImage } from './rehearsed-image.js';

interface ContainerOptions {
  readonly image: RehearsedImage;
  /** In place of the image's own. */
  readonly command?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Folders that stand for volumes, by where they are mounted. */
  readonly mounts: Readonly<Record<string, string>>;
  /** The Node of its base image, where its user can run it. */
  readonly node: string;
}

/** A process that is started as Docker would start a container of an image: its words, its environment, its user. */
export class Container {
  private readonly child: ChildProcess;
  private said = '';
  private readonly ended: Promise<number | null>;

  constructor(private readonly options: ContainerOptions) {
    const { image, command = image.command } = options;
    this.child = spawn(...this.words([...image.entrypoint, ...command]), this.surroundings);
    for (const output of [this.child.stdout, this.child.stderr]) output?.on('data', (chunk) => (this.said += chunk));
    this.ended = new Promise((done, failed) => this.child.once('close', done).once('error', failed));
    this.ended.catch((error: unknown) => (this.said += String(error)));
  }

  /** Its exit code, once it has ended. */
  async end(): Promise<number | null> {
    return this.ended;
  }

  /** What it has written. */
  get output(): string {
    return this.said;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Whether the image's HEALTHCHECK, run beside it as Docker does, finds it healthy. */
  async isHealthy(): Promise<boolean> {
    const { healthcheck } = this.options.image;
    if (!healthcheck) throw new Error('the image has no HEALTHCHECK');
    return promisify(execFile)(...this.words(healthcheck), this.surroundings).then(
      () => true,
      () => false,
    );
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  private words(words: readonly string[]): [string, string[]] {
    const [program = '', ...rest] = words.map((word) => this.mounted(word));
    return [program === 'node' ? this.options.node : program, rest];
  }

  private get surroundings() {
    const { image, environment } = this.options;
    const settings = Object.entries({ ...image.settings, ...environment });
    return {
      cwd: join(image.root, image.workdir),
      env: Object.fromEntries(settings.map(([name, value]) => [name, this.mounted(value)])),
      ...(image.user !== 'root' && containerUser),
    };
  }

  /** A path below a mounted one is in the folder that stands for the volume. */
  private mounted(word: string): string {
    for (const [place, folder] of Object.entries(this.options.mounts)) word = word.replaceAll(place, folder);
    return word;
  }
}
