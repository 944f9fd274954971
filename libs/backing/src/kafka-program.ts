import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { canInstallByApt, installByApt, lastLine, onPath } from './installed.ts';
import { Problem } from './problem.ts';

const KAFKA = '4.1.0';
const OLDEST_JAVA = 17;

/** What a JVM is called with to run Kafka's own programs. */
export interface KafkaProgram {
  readonly java: string;
  readonly classPath: string;
}

type Tell = ((sentence: string) => void) | undefined;

/** Java from the PATH, Kafka's jars by Maven. @throws Problem with the line to type when something is missing */
export async function findKafka(onProgress?: (sentence: string) => void): Promise<KafkaProgram> {
  const java = (await findJava()) ?? (await installJava(onProgress));
  return { java, classPath: path.join(await jars(onProgress), '*') };
}

/** In the user's cache, so that clones and tests share them and a reset does not fetch them again. */
function jarFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  return path.join(cache, 'cairn', `kafka-${KAFKA}`);
}

async function findJava(): Promise<string | undefined> {
  const { JAVA_HOME } = process.env;
  for (const java of [JAVA_HOME && path.join(JAVA_HOME, 'bin/java'), onPath('java')])
    if (java && (await majorOf(java)) >= OLDEST_JAVA) return java;
  return undefined;
}

/** Of `openjdk version "17.0.15" 2025-04-15`; 0 for what is no Java. */
async function majorOf(java: string): Promise<number> {
  const { stderr } = await promisify(execFile)(java, ['-version']).catch(() => ({ stderr: '' }));
  return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
}

async function installJava(onProgress: Tell): Promise<string> {
  if (!canInstallByApt()) throw missing(`Java ${OLDEST_JAVA} or newer`, 'default-jre-headless', 'openjdk');
  onProgress?.('There is no Java here: apt-get installs it');
  await installByApt('openjdk-17-jre-headless').catch(() => install('Java', 'default-jre-headless'));
  const java = await findJava();
  if (!java) throw missing(`Java ${OLDEST_JAVA} or newer`, 'openjdk-17-jre-headless', 'openjdk');
  return java;
}

/** Fetched beside the final folder, which a rename then makes: two at once do no harm, nor does one that is cut short. */
async function jars(onProgress: Tell): Promise<string> {
  const folder = jarFolder();
  if (existsSync(folder)) return folder;
  const maven = onPath(process.platform === 'win32' ? 'mvn.cmd' : 'mvn') ?? (await installMaven(onProgress));
  onProgress?.(`Maven fetches Kafka ${KAFKA}, once: 43 MB`);
  mkdirSync(path.dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    writeFileSync(path.join(unfinished, 'pom.xml'), POM);
    const copy = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars'];
    await promisify(execFile)(maven, copy, { cwd: unfinished, shell: process.platform === 'win32' }).catch(
      (error: Error & { stdout?: string }) => {
        const reason = error.stdout?.split('\n').find((line) => line.includes('ERROR')) ?? lastLine(error.message);
        throw new Problem(`Maven could not fetch Kafka ${KAFKA} (${reason}): try again, or set KAFKA_BROKERS.`);
      },
    );
    if (!existsSync(folder)) renameSync(path.join(unfinished, 'jars'), folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function installMaven(onProgress: Tell): Promise<string> {
  if (!canInstallByApt()) throw missing('Maven', 'maven', 'maven');
  onProgress?.('There is no Maven here: apt-get installs it');
  await install('Maven', 'maven');
  return onPath('mvn') ?? '/usr/bin/mvn';
}

const install = (what: string, name: string) =>
  installByApt(name).catch((error: Error) => {
    throw new Problem(
      `Kafka needs ${what}, and apt-get could not install ${name} (${error.message}): install it, or set KAFKA_BROKERS.`,
    );
  });

function missing(what: string, debian: string, brew: string): Problem {
  const line =
    process.platform === 'darwin'
      ? `type \`brew install ${brew}\``
      : existsSync('/usr/bin/apt-get')
        ? `type \`sudo apt-get install -y ${debian}\``
        : 'install it and put it on the PATH';
  return new Problem(`Kafka needs ${what}: ${line}, or set KAFKA_BROKERS.`);
}

/** Kafka, its tools without what only Kafka Connect needs, and what brings its log to its output. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cairn</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA}</version></dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA}</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version></dependency>
  </dependencies>
</project>
`;
