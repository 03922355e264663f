import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDamageList } from './damage.ts'
import { openDatabase } from './database.ts'
import { storageFailure } from './failure.ts'
import {
  AT,
  addSample,
  fixedClock,
  openScratch,
  rawDatabase,
  recordingLog,
  scratchFolder,
} from './fixture/scratch.ts'
import { openStorage, type Storage } from './open-storage.ts'

const mode = (path: string) => statSync(path).mode & 0o777
const isRoot = process.getuid?.() === 0

function open(dir: string) {
  const { log, lines } = recordingLog()
  const opened = openStorage({ dir, clock: fixedClock, log })
  if (opened.ok) onTestFinished(() => opened.value.close())
  return { opened, lines, code: opened.ok ? 'ok' : opened.error.code }
}

const addProject = (storage: Storage, id: string) =>
  storage.write((tables) => tables.projects.insert({ id, path: `/${id}`, name: id, createdAt: AT }))

describe('a data folder', () => {
  it('is made with what is missing above it, for the user alone, whatever the umask', () => {
    const before = process.platform === 'win32' ? 0 : process.umask(0)
    onTestFinished(() => void process.umask(before))
    const dir = join(scratchFolder(), 'above', 'data')
    const storage = openScratch(dir)
    addProject(storage, 'p')
    expect(mode(dir)).toBe(0o700)
    expect(mode(join(dir, 'artifacts'))).toBe(0o700)
    const files = readdirSync(dir).filter((name) => statSync(join(dir, name)).isFile())
    expect(files.sort()).toEqual([
      'owner.json',
      'owner.lock',
      'thalogos.db',
      'thalogos.db-shm',
      'thalogos.db-wal',
    ])
    for (const name of files) expect([name, mode(join(dir, name))]).toEqual([name, 0o600])
  })

  it('keeps what was written when it is opened again', () => {
    const dir = join(scratchFolder(), 'data')
    const storage = openScratch(dir)
    addProject(storage, 'p')
    storage.close()
    expect(openScratch(dir).read.projects.get('p')?.path).toBe('/p')
  })

  it('is closed for others when it was empty or ours before', () => {
    const dir = scratchFolder()
    chmodSync(dir, 0o755)
    openScratch(dir).close()
    expect(mode(dir)).toBe(0o700)
    chmodSync(dir, 0o755)
    chmodSync(join(dir, 'thalogos.db'), 0o644)
    openScratch(dir)
    expect([mode(dir), mode(join(dir, 'thalogos.db'))]).toEqual([0o700, 0o600])
  })

  it('keeps its mode when it holds other things, and says so', () => {
    const dir = scratchFolder()
    writeFileSync(join(dir, 'mine.txt'), '')
    chmodSync(dir, 0o755)
    const { code, lines } = open(dir)
    expect([code, mode(dir)]).toEqual(['ok', 0o755])
    expect(lines.find(({ level }) => level === 'warn')?.['dir']).toBe(dir)
  })

  it('is refused when everybody may write to it', () => {
    const dir = scratchFolder()
    chmodSync(dir, 0o777)
    expect(open(dir).code).toBe('data_folder_unusable')
    expect(readdirSync(dir)).toEqual([])
  })

  it('is refused below a file, where nothing can be made, and where the database is a folder', () => {
    const dir = scratchFolder()
    writeFileSync(join(dir, 'file'), '')
    mkdirSync(join(dir, 'odd', 'thalogos.db'), { recursive: true })
    expect(open(join(dir, 'file', 'data')).code).toBe('data_folder_unusable')
    expect(open(join(dir, 'file')).code).toBe('data_folder_unusable')
    expect(open(join(dir, 'odd')).code).toBe('data_folder_unusable')
    if (existsSync('/proc/self')) expect(open('/proc/data').code).toBe('data_folder_unusable')
  })

  it('is given back when it could not be opened', () => {
    const dir = join(scratchFolder(), 'data')
    openScratch(dir).close()
    const raw = rawDatabase(dir)
    raw.pragma('user_version = 99')
    raw.close()
    expect(open(dir).code).toBe('data_too_new')
    const again = rawDatabase(dir)
    again.pragma('user_version = 2')
    again.close()
    expect(open(dir).code).toBe('ok')
  })

  it('of a newer version is left byte for byte as it was', () => {
    const dir = join(scratchFolder(), 'data')
    openScratch(dir).close()
    const raw = rawDatabase(dir)
    raw.pragma('user_version = 99')
    raw.close()
    const before = readFileSync(join(dir, 'thalogos.db'))
    expect(open(dir).code).toBe('data_too_new')
    expect(readFileSync(join(dir, 'thalogos.db')).equals(before)).toBe(true)
    expect(readdirSync(dir)).not.toContain('backups')
  })

  it('is refused, unchanged, when the database is of another program', () => {
    const dir = join(scratchFolder(), 'data')
    mkdirSync(dir)
    const foreign = rawDatabase(dir)
    foreign.exec('CREATE TABLE bookmarks (url TEXT)')
    foreign.close()
    const before = readFileSync(join(dir, 'thalogos.db'))
    expect(open(dir).code).toBe('data_folder_unusable')
    expect(readFileSync(join(dir, 'thalogos.db')).equals(before)).toBe(true)
  })

  it('may be closed twice', () => {
    const storage = openScratch()
    storage.close()
    expect(() => storage.close()).not.toThrow()
    expect(() => storage.read.projects.list()).toThrow('not open')
  })
})

describe.runIf(isRoot && process.platform === 'linux')('a volume', () => {
  function mount(options: string): string {
    const dir = scratchFolder()
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir])
    onTestFinished(() => void execFileSync('/bin/umount', ['-l', dir]))
    return dir
  }

  it('that is read-only is unusable', ({ skip }) => {
    expect(
      open(
        join(
          mountOrSkip(() => mount('ro,mode=0700'), skip),
          'data',
        ),
      ).code,
    ).toBe('data_folder_unusable')
  })

  it('that is full refuses to begin', ({ skip }) => {
    const dir = mountOrSkip(() => mount('size=64k,mode=0700'), skip)
    expect(open(join(dir, 'data')).code).toBe('disk_full')
  })

  it('that fills up later keeps what was written, and works again when there is space', async ({
    skip,
  }) => {
    const dir = mountOrSkip(() => mount('size=4m,mode=0700'), skip)
    const storage = openScratch(join(dir, 'data'))
    addProject(storage, 'before')
    const failures: unknown[] = []
    writeFileSync(join(dir, 'ballast'), Buffer.alloc(1024 * 1024))
    for (let i = 0; failures.length === 0 && i < 100; i += 1) {
      try {
        storage.write((tables) => tables.settings.set(`k${i}`, 'x'.repeat(100_000)))
      } catch (error) {
        failures.push(storageFailure(error)?.code)
      }
    }
    expect(failures).toEqual(['disk_full'])
    const put = storage.artifacts.put(Buffer.alloc(2 * 1024 * 1024))
    const failure = await put.then(
      () => 'stored',
      (error: unknown) => storageFailure(error)?.code,
    )
    expect(failure).toBe('disk_full')
    expect(readdirSync(join(dir, 'data', 'artifacts', 'tmp'))).toEqual([])
    expect(storage.read.projects.get('before')?.id).toBe('before')
    rmSync(join(dir, 'ballast'))
    addProject(storage, 'after')
    expect(storage.read.projects.list().map(({ id }) => id)).toEqual(['before', 'after'])
  })
})

describe('the connection', () => {
  function connect() {
    const { log } = recordingLog()
    const file = join(scratchFolder(), 'a.db')
    const damage = createDamageList(log)
    const opened = openDatabase({ file, suspect: true, clock: fixedClock, log, damage })
    if (!opened.ok) throw new Error(opened.error.message)
    onTestFinished(() => void opened.value.close())
    return opened.value
  }

  it('searches text with FTS5', () => {
    const db = connect()
    db.exec(`CREATE VIRTUAL TABLE notes USING fts5(text);
      INSERT INTO notes VALUES ('the parser reads a line'), ('the writer writes one')`)
    expect(db.prepare(`SELECT rowid FROM notes WHERE notes MATCH 'pars*'`).pluck().all()).toEqual([
      1,
    ])
  })

  it('finds the nearest vectors with sqlite-vec', () => {
    const db = connect()
    db.exec('CREATE VIRTUAL TABLE points USING vec0(place float[2])')
    const add = db.prepare('INSERT INTO points (rowid, place) VALUES (?, ?)')
    for (const [i, point] of [
      [0, 0],
      [1, 1],
      [5, 5],
    ].entries()) {
      add.run(BigInt(i + 1), Buffer.from(new Float32Array(point).buffer))
    }
    const nearest = db.prepare('SELECT rowid FROM points WHERE place MATCH ? AND k = 2').pluck()
    expect(nearest.all('[4, 4]')).toEqual([3, 2])
  })

  it('is in WAL of a bounded size, with foreign keys', () => {
    const db = connect()
    const pragma = (name: string) => db.pragma(name, { simple: true })
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('foreign_keys')).toBe(1)
    db.exec('CREATE TABLE notes (text TEXT) STRICT')
    db.transaction(() => {
      const add = db.prepare('INSERT INTO notes VALUES (?)')
      for (let i = 0; i < 400; i += 1) add.run('x'.repeat(60_000))
    })()
    expect(statSync(`${db.name}-wal`).size).toBeGreaterThan(20_000_000)
    db.exec(`INSERT INTO notes VALUES ('y')`)
    db.exec(`INSERT INTO notes VALUES ('z')`)
    expect(statSync(`${db.name}-wal`).size).toBeLessThanOrEqual(8 * 1024 * 1024)
  })
})

describe('a damaged database', () => {
  const isDamaged = (name: string) => name.startsWith('thalogos.db.damaged-')

  it.each([
    ['no database at all', (file: string) => writeFileSync(file, 'x'.repeat(10_000))],
    [
      'pages overwritten',
      (file: string) => {
        const bytes = readFileSync(file)
        bytes.fill(0xa5, 4_096 * 2, 4_096 * 9)
        writeFileSync(file, bytes)
      },
    ],
    ['cut off', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 20_000))],
  ])('is set aside and reported; the start goes on: %s', (_, damage) => {
    const dir = join(scratchFolder(), 'data')
    openScratch(dir).close()
    addSample(dir)
    const file = join(dir, 'thalogos.db')
    const checkpoint = new Database(file)
    checkpoint.pragma('wal_checkpoint(TRUNCATE)')
    checkpoint.close()
    rmSync(`${file}-wal`, { force: true })
    damage(file)
    const damaged = readFileSync(file)

    const { opened, lines } = open(dir)
    if (!opened.ok) throw new Error(opened.error.message)
    expect(opened.value.read.projects.list()).toEqual([])
    const [name = ''] = readdirSync(dir).filter(isDamaged)
    expect(name).not.toContain(':')
    expect(readFileSync(join(dir, name)).equals(damaged)).toBe(true)
    expect(opened.value.damage().map(({ place }) => place)).toEqual([join(dir, name)])
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
      { code: 'data_damaged', place: join(dir, name) },
    ])
  })

  it('is not what a sound one is called', () => {
    const dir = join(scratchFolder(), 'data')
    const storage = openScratch(dir)
    addProject(storage, 'p')
    storage.close()
    expect(openScratch(dir).damage()).toEqual([])
    expect(readdirSync(dir).filter(isDamaged)).toEqual([])
  })
})

function mountOrSkip(mount: () => string, skip: (note: string) => never): string {
  try {
    return mount()
  } catch {
    return skip('this machine allows no mount')
  }
}
