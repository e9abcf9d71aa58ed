import { type Dockerfile, readDockerfile, statesPlatform } from '../../../docker/dockerfile.ts';
import { type Answer, unwrap } from '../answer.ts';
import { type BuildPaths, buildPaths } from '../build-files.ts';
import { readWorkflowFile, type WorkflowFile } from '../workflow-file.ts';
import type { Asking } from './asking.ts';

/** What is read from the workspace, each file once. */
export class FileLookups {
  readonly #asking: Asking;
  readonly #workspace: string;

  constructor(asking: Asking, workspace: string) {
    this.#asking = asking;
    this.#workspace = workspace;
  }

  /** The workflow that runs, for naming the line that is at fault. */
  async workflowFile(): Promise<Answer<WorkflowFile | undefined>> {
    return await this.#asking.questions.once('workflowFile', async () =>
      readWorkflowFile(this.#workspace, this.#asking.config.environment),
    );
  }

  /** The Dockerfile, taken apart; undefined where there is none to read, or only its own frontend can read it. */
  async dockerfile(): Promise<Answer<Dockerfile | undefined>> {
    return await this.#asking.questions.once('dockerfile', async () => {
      const paths = this.#buildPaths();
      return paths && (await readDockerfile(paths.dockerfile));
    });
  }

  /**
   * The platform that the Dockerfile states for the image (`Dockerfile.platformOf`). The parser is loaded only where
   * it states one at all: most don't.
   */
  async statedPlatform(): Promise<Answer<string | undefined>> {
    return await this.#asking.questions.once('statedPlatform', async () => {
      const paths = this.#buildPaths();
      if (!paths || !(await statesPlatform(paths.dockerfile))) return undefined;
      return unwrap(await this.dockerfile())?.platformOf(this.#asking.config.build.target);
    });
  }

  #buildPaths(): BuildPaths | undefined {
    return buildPaths(this.#asking.config.build, this.#workspace);
  }
}
