import { Notice } from '../ui/notice.tsx'

/** The page without a token that is right: nothing can be shown, only how to come in. */
export const NoWay = ({ isRefused }: { isRefused: boolean }) => (
  <main className="flex h-full items-center justify-center p-6">
    <div className="w-full max-w-130">
      <h1 className="mb-3 text-head font-semibold">Thalogos</h1>
      <Notice
        tone="wait"
        title={isRefused ? 'The token is no longer right.' : 'The address lacks its token.'}
        text={
          <>
            <p>
              {isRefused
                ? 'Each start has a token of its own. Your sessions are kept, and work that was under way goes on.'
                : 'Each start has a token of its own, which its address carries. Nothing is lost.'}
            </p>
            <p className="mt-1">
              Open the whole address that was printed at the last start, or start the page anew:
            </p>
            <pre className="mt-2 rounded border bg-ground px-2 py-1 font-mono text-code text-strong">
              npm start -- serve --reuse
            </pre>
          </>
        }
      />
    </div>
  </main>
)
