import type { ImageStore } from '../../registry/image-store.ts';
import type { OthersAct } from '../../scenarios/scenario.ts';
import type { EcsCloud } from './ecs-cloud.ts';
import type { Service } from './state.ts';

/** What the other people of a scenario do, set off by the first UpdateService that the action sends. */
export class Others {
  readonly #cloud: EcsCloud;
  readonly #store: ImageStore;

  /** Throws an Error where the scenario names a service that is not in its world. */
  constructor(cloud: EcsCloud, store: ImageStore) {
    this.#cloud = cloud;
    this.#store = store;
    for (const { act } of cloud.simulation.scenario.others ?? [])
      if ('service' in act) this.#service(act.service);
  }

  /** To be called as an UpdateService arrives, before its image tags are resolved. */
  updateServiceArrived(): void {
    const { state, timeline, scenario } = this.#cloud.simulation;
    if (state.firstUpdateAt !== undefined) return;
    state.firstUpdateAt = timeline.now();
    for (const { when, act } of scenario.others ?? []) {
      if (when === 'before-resolving') this.#act(act);
      else timeline.after(when.after, () => this.#act(act));
    }
    for (const { name, after } of scenario.alarms ?? [])
      timeline.after(after, () => this.#cloud.soundAlarm(name));
  }

  #act(act: OthersAct): void {
    switch (act.kind) {
      case 'move-tag':
        this.#moveTag(act);
        break;
      case 'delete-service':
        this.#cloud.deleteService(this.#service(act.service));
        break;
      case 'update-service':
        this.#updateService(act);
        break;
      case 'answer-hook':
        this.#cloud.answerHook(this.#service(act.service), act.status);
        break;
      case 'stop-deployment':
        this.#stopDeployment(act);
    }
  }

  #updateService(act: Extract<OthersAct, { kind: 'update-service' }>): void {
    const { desiredCount } = act;
    this.#cloud.updateService(this.#service(act.service), {
      force: act.force ?? false,
      ...(desiredCount === undefined ? {} : { desiredCount }),
    });
  }

  #stopDeployment(act: Extract<OthersAct, { kind: 'stop-deployment' }>): void {
    const service = this.#service(act.service);
    const current = service.currentServiceDeployment;
    if (current?.status === 'IN_PROGRESS') this.#cloud.stopServiceDeployment(service, current, act.stopType);
  }

  /** Somebody else's push: a new image, and the tag on it. */
  #moveTag(act: Extract<OthersAct, { kind: 'move-tag' }>): void {
    const image = this.#store.seedImage(act.repository, [], { marker: act.marker });
    this.#cloud.simulation.knownGood.add(image.digest);
    this.#store.putManifest(act.repository, act.tag, image.mediaType, image.body);
  }

  #service(name: string): Service {
    const found = this.#cloud.simulation.state.services.find((service) => service.name === name);
    if (found === undefined) throw new Error(`the scenario names a service ${name} that is not in its world`);
    return found;
  }
}
