import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { decodersOf } from '#tests/processes.ts';
import { ask, type Installation } from './installation.ts';
import { AUTHORIZATION } from './key.ts';
import { pause, type Row } from './measure.ts';
import { variedPhotos } from './photos.ts';
import { newCharacter, uploadFields, uploadPhotos } from './upload.ts';

const LIMIT_MB = 150;
const SAMPLE_MS = 20;
/** To find them, all processes are looked at. */
const DECODER_SAMPLE_MS = 200;
const GIGABYTE = 2 ** 30;
const BOUNDARY = 'isengard-bench';

/** What an API process holds at most while it takes large uploads, over what it holds when nothing happens. Linux only. */
export async function memory(installation: Installation): Promise<Row[]> {
  const server = await installation.startServer();
  const url = server.ready.url ?? '';
  const characterId = await newCharacter(url, 'bench memory');
  await ask(url, '{ info { name } }');
  await pause(2000);
  const idle = residentMegabytes(server.pid);

  const rows: Row[] = [];
  const during = async (name: string, work: () => Promise<string>) => {
    let most = idle;
    let mostOfDecoders = 0;
    const timer = setInterval(() => {
      most = Math.max(most, residentMegabytes(server.pid));
    }, SAMPLE_MS);
    const decoderTimer = setInterval(() => {
      const sizes = decodersOf(server.pid).map(residentMegabytes);
      mostOfDecoders = Math.max(
        mostOfDecoders,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    }, DECODER_SAMPLE_MS);
    const outcome = await work();
    clearInterval(timer);
    clearInterval(decoderTimer);
    const growth = Math.max(most, residentMegabytes(server.pid)) - idle;
    rows.push({
      name: `memory: ${name} (${outcome})`,
      measured: `${Math.round(idle)} MB idle + ${Math.round(growth)} MB; decoders ${Math.round(mostOfDecoders)} MB`,
      against: `${LIMIT_MB} MB over idle: ${growth <= LIMIT_MB ? 'PASS' : 'FAIL'}`,
      ratio: (growth / LIMIT_MB).toFixed(2),
    });
  };
  await during('1 GB declared', () => sendGigabyte({ url, characterId, isDeclared: true }));
  await during('1 GB in chunks', () => sendGigabyte({ url, characterId, isDeclared: false }));
  const { paths } = await variedPhotos(join(installation.env.VOLUME_ROOT ?? '', 'bench-photos'), 500);
  await during('500 photos in one mutation', async () => {
    await uploadPhotos(url, characterId, paths);
    return 'all accepted';
  });
  await server.stop();
  return rows;
}

function residentMegabytes(pid: number) {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  // One that is just ending has none.
  return Number(kilobytes ?? 0) / 1024;
}

/** One file of a gigabyte, as fast as it is taken, until it is answered. Resolves to the answer and what was sent by then. */
function sendGigabyte(of: { url: string; characterId: string; isDeclared: boolean }): Promise<string> {
  const fields = Object.entries(uploadFields(of.characterId, 1));
  const part = (name: string, rest: string) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${rest}`;
  const file = '; filename="large.jpg"\r\nContent-Type: image/jpeg\r\n\r\n';
  const head = [...fields.map(([name, value]) => part(name, `\r\n\r\n${value}\r\n`)), part('0', file)].join(
    '',
  );
  const end = `\r\n--${BOUNDARY}--\r\n`;
  const headers = {
    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
    'X-Isengard-Upload': '1',
    Accept: 'application/json',
    ...AUTHORIZATION,
    ...(of.isDeclared && { 'Content-Length': head.length + GIGABYTE + end.length }),
  };
  const chunk = Buffer.alloc(2 ** 16, 'isengard');
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answer = '';
    const req = request(`${of.url}/graphql`, { method: 'POST', headers, agent: false });
    req.on('response', (res) => {
      const told = sent;
      res.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
      });
      res.on('end', () => {
        req.destroy();
        const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? answer.slice(0, 80);
        resolve(`${code} after ${Math.round(told / 2 ** 20)} MB`);
      });
    });
    // The server may close when it has answered.
    req.on('error', (error) => answer === '' && reject(error));
    const write = () => {
      while (!req.destroyed && answer === '' && sent < GIGABYTE) {
        sent += chunk.length;
        if (!req.write(chunk)) return void req.once('drain', write);
      }
      if (sent >= GIGABYTE) req.end(end);
    };
    req.write(head);
    write();
  });
}
