import type { EventSnapshot } from './observation.ts';

/** A service event without what the reader knows: the service's name, ARNs in full, all of a task's id. */
export function eventText(message: string): string {
  return message
    .replace(/^\(service [^)]*\) /, '')
    .replace(/arn:aws[\w-]*:elasticloadbalancing:[^:]*:[^:]*:targetgroup\/([^/)\s]+)\/[0-9a-f]+/g, '$1')
    .replace(/\(task ([0-9a-f]{8})[0-9a-f]+\)/g, '(task $1)')
    .replace(
      / For more information, see the Troubleshooting section of the Amazon ECS Developer Guide\.$/,
      '',
    );
}

/** Events shortened, each text once with how often it came, oldest first. */
export function eventTexts(events: readonly EventSnapshot[]): readonly string[] {
  const texts = events.map(({ message }) => eventText(message));
  return [...new Set(texts)].map((text) => {
    const times = texts.filter((other) => other === text).length;
    return times > 1 ? `${text} (${times} times)` : text;
  });
}

/** The last events that speak of trouble or of an end, at most `most`; those of a good course are left out. */
export function tellingEvents(events: readonly EventSnapshot[], most: number): readonly string[] {
  const telling = events.filter(({ message }) =>
    /fail|unable|unhealthy|rolling back|limit|deregistered 0/i.test(message),
  );
  return eventTexts(telling).slice(-most);
}
