import type { Rule } from './rule.ts';

export const imageTag: Rule = {
  id: 'image-tag',
  severity: 'warning',
  summary: 'An image without a version',
  why: 'each machine runs what `latest` meant when it pulled: two instances may differ, and yesterday’s cannot be brought back',
  help: 'write a tag such as :1.4.2, or a digest',
  examples: {
    fires: `version: 1
services:
  shop: { image: ghcr.io/example/shop, port: 3000 }
sites:
  a.example.com: [shop:3000, 10.0.0.3:3000]
`,
    silent: `version: 1
services:
  shop: { image: "ghcr.io/example/shop:1.4.2", port: 3000 }
sites:
  a.example.com: [shop:3000, 10.0.0.3:3000]
`,
  },
  *check({ topology }) {
    for (const { image } of topology.services) {
      // Which one a variable names is known to compose.
      if (image.value.includes('@sha256:') || image.value.includes('${')) continue;
      // A colon before the last slash is the port of the registry.
      const [, tag] = image.value.slice(image.value.lastIndexOf('/') + 1).split(':');
      if (tag !== undefined && tag !== 'latest') continue;
      const message = tag ? `\`${image.value}\` is another image every time` : `\`${image.value}\` means \`latest\``;
      yield { at: image.at, message };
    }
  },
};
