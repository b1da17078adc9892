import { execFile } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import dockerignore from '@balena/dockerignore';
import { execForm, type Stage, stagesOf, type Step } from './dockerfile.js';

/** The user that files may be given to, and that containers run as: "nobody" where we are root, else ourselves. */
export const containerUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/** Of our environment, what a RUN gets. */
const PASSED_ON = /^(?:PATH|HOME|NODE_EXTRA_CA_CERTS|.*_proxy|npm_config_(?:cache|registry|userconfig|proxy))$/i;

/** No step takes as long, however busy the machine. */
const RUN_MS = 15 * 60_000;

/** What a stage has come to: a folder that stands for its root, and how a container of it is started. */
export interface RehearsedImage {
  readonly root: string;
  readonly settings: Record<string, string>;
  workdir: string;
  user: string;
  entrypoint: readonly string[];
  command: readonly string[];
  healthcheck: readonly string[] | undefined;
}

/** A Dockerfile's instructions, done in a folder in place of a container: the same commands on the same files. */
export class Rehearsal {
  private readonly stages: ReadonlyMap<string, Stage>;
  private readonly done = new Map<string, RehearsedImage>();

  /**
   * @param project has the Dockerfile and what it copies
   * @param folder an empty one
   */
  constructor(
    project: string,
    private readonly folder: string,
  ) {
    this.stages = stagesOf(readFileSync(join(project, 'Dockerfile'), 'utf8'));
    mkdirSync(this.context, { recursive: true });
    copyContext(project, this.context);
  }

  /** The stages that no other one is made from: the images. */
  get targets(): string[] {
    const used = new Set([...this.stages.values()].flatMap(({ base, steps }) => [base, ...steps.map(fromStage)]));
    return [...this.stages.keys()].filter((name) => !used.has(name));
  }

  /** Does the steps of a stage, and of those that it needs, unless they are done. Throws for what Docker would do and we can't. */
  async build(name: string): Promise<RehearsedImage> {
    const finished = this.done.get(name);
    if (finished) return finished;
    const stage = this.stages.get(name);
    if (!stage) throw new Error(`the Dockerfile has no stage ${name}`);
    const root = join(this.folder, name);
    mkdirSync(root, { recursive: true });
    const base = this.stages.has(stage.base) ? await this.build(stage.base) : bare(root);
    const image = { ...base, root, settings: { ...base.settings } };
    mkdirSync(join(root, image.workdir), { recursive: true });
    // A stage that is made from another has its files, too: none of ours had any yet.
    if (sizeOf(base.root).files > 0) throw new Error(`${stage.base} has files that ${name} would need`);
    for (const step of stage.steps) await this.perform(step, image);
    this.done.set(name, image);
    return image;
  }

  private async perform(step: Step, image: RehearsedImage): Promise<void> {
    const { keyword, text, settings } = step;
    switch (keyword) {
      case 'ENV':
        Object.assign(image.settings, settings);
        return;
      case 'WORKDIR':
        image.workdir = resolve(image.workdir, text);
        mkdirSync(join(image.root, image.workdir), { recursive: true });
        return;
      case 'COPY':
        return this.copy(step, image);
      case 'RUN':
        return run(text, image);
      case 'USER':
        image.user = text;
        return;
      case 'ENTRYPOINT':
        image.entrypoint = execForm(step);
        return;
      case 'CMD':
        image.command = execForm(step);
        return;
      case 'HEALTHCHECK':
        image.healthcheck = text === 'NONE' ? undefined : execForm(step);
        return;
      case 'EXPOSE':
      case 'STOPSIGNAL':
        return;
      default:
        throw new Error(`${keyword} ${text}: this rehearsal does not know how`);
    }
  }

  private async copy(step: Step, image: RehearsedImage): Promise<void> {
    const paths = step.text.split(/\s+/);
    const target = paths.pop() ?? '';
    const source = fromStage(step);
    const from = source ? (await this.build(source)).root : this.context;
    const into = join(image.root, resolve(image.workdir, target));
    for (const path of paths) {
      const origin = join(from, path);
      // Of a folder Docker copies what is in it, of a file the file.
      const place = statSync(origin).isDirectory() || !target.endsWith('/') ? into : join(into, basename(path));
      cpSync(origin, place, { recursive: true, preserveTimestamps: true });
    }
    if (step.flags['chown'] && containerUser) giveTo(containerUser, into);
  }

  private get context(): string {
    return join(this.folder, 'context');
  }
}

/** How many bytes, in how many files, there are in a folder. */
export function sizeOf(folder: string): { bytes: number; files: number } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return { bytes, files: files.length };
}

function bare(root: string): RehearsedImage {
  const nothing = { entrypoint: [], command: [], healthcheck: undefined };
  return { root, settings: {}, workdir: '/', user: 'root', ...nothing };
}

/** The stage that a COPY takes from; '' for the project's files. */
function fromStage({ flags }: Step): string {
  return flags['from'] ?? '';
}

/** What reaches Docker of a project, by its .dockerignore. */
function copyContext(project: string, context: string): void {
  const wanted = dockerignore.default().add(readFileSync(join(project, '.dockerignore'), 'utf8'));
  const copy = (folder: string): void => {
    for (const entry of readdirSync(join(project, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      // What is not wanted itself may have something within that is; but nobody looks into packages for that.
      if (entry.isDirectory()) {
        if (!['node_modules', '.git', '.cache', '.data', 'dist'].includes(entry.name)) copy(path);
      } else if (!wanted.ignores(relative('.', path))) {
        mkdirSync(dirname(join(context, path)), { recursive: true });
        cpSync(join(project, path), join(context, path), { preserveTimestamps: true });
      }
    }
  };
  copy('.');
}

/** With nothing of our own environment but where programs are, and how npm finds its registry. */
async function run(command: string, { root, workdir, settings }: RehearsedImage): Promise<void> {
  const ours = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  const env = { ...Object.fromEntries(ours), ...settings };
  try {
    await promisify(execFile)('sh', ['-c', command], {
      cwd: join(root, workdir),
      env,
      maxBuffer: 2 ** 26,
      timeout: RUN_MS,
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`RUN ${command} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

function giveTo({ uid, gid }: { uid: number; gid: number }, path: string): void {
  chownSync(path, uid, gid);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) giveTo({ uid, gid }, join(path, name));
}
