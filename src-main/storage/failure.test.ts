import { describe, expect, it } from 'vitest'
import { openFailure, reasonOf, storageFailure } from './failure.ts'

const thrown = (code: string) => Object.assign(new Error(code.toLowerCase()), { code })

describe('storageFailure', () => {
  it.each([
    ['SQLITE_FULL', 'disk_full'],
    ['SQLITE_IOERR_SHMSIZE', 'disk_full'],
    ['ENOSPC', 'disk_full'],
    ['EDQUOT', 'disk_full'],
    ['SQLITE_CORRUPT', 'data_damaged'],
    ['SQLITE_CORRUPT_INDEX', 'data_damaged'],
    ['SQLITE_NOTADB', 'data_damaged'],
    ['SQLITE_IOERR_FSYNC', 'data_folder_unusable'],
    ['SQLITE_READONLY_DBMOVED', 'data_folder_unusable'],
    ['SQLITE_BUSY', 'data_folder_unusable'],
  ])('knows %s as %s', (code, expected) => {
    const error = thrown(code)
    expect(storageFailure(error)).toEqual({
      code: expected,
      message: code.toLowerCase(),
      cause: error,
    })
  })

  it.each([thrown('SQLITE_CONSTRAINT_UNIQUE'), thrown('EACCES'), new Error('bug'), 'text', null])(
    'leaves %s to its caller',
    (error) => expect(storageFailure(error)).toBeUndefined(),
  )
})

describe('openFailure', () => {
  it('knows what a file system says about the folder as well', () => {
    expect(openFailure(thrown('EACCES'))?.code).toBe('data_folder_unusable')
    expect(openFailure(thrown('ENOSPC'))?.code).toBe('disk_full')
    expect(openFailure(thrown('EMFILE'))).toBeUndefined()
  })
})

describe('reasonOf', () => {
  it('tells disk and database, then git, then what nobody expected', () => {
    const git = Object.assign(new Error('git add ended with 128'), { name: 'GitError' })
    expect(reasonOf(git).code).toBe('git_failed')
    expect(reasonOf(Object.assign(git, { code: 'ENOSPC' })).code).toBe('disk_full')
    expect(reasonOf(thrown('SQLITE_FULL')).code).toBe('disk_full')
    expect(reasonOf(new Error('two\nlines'))).toEqual({ code: 'internal', message: 'two lines' })
    expect(reasonOf('text')).toEqual({ code: 'internal', message: 'text' })
  })
})
