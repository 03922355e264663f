import ReactMarkdown, { type Components } from 'react-markdown'

/** Text of others with its marks; HTML in it stays text, pictures are not fetched, and a link shows where it leads. */
export const Markdown = ({ text }: { text: string }) => (
  <div
    dir="auto"
    className="flex flex-col gap-2 [&_code]:font-mono [&_code]:text-code [&_li]:ml-5 [&_ol]:list-decimal [&_pre]:overflow-x-auto [&_pre]:rounded [&_pre]:bg-ground [&_pre]:p-2 [&_ul]:list-disc"
  >
    <ReactMarkdown components={PARTS} disallowedElements={['img']} unwrapDisallowed>
      {text}
    </ReactMarkdown>
  </div>
)

const PARTS: Components = {
  h1: ({ children }) => <p className="font-semibold">{children}</p>,
  h2: ({ children }) => <p className="font-semibold">{children}</p>,
  h3: ({ children }) => <p className="font-semibold">{children}</p>,
  h4: ({ children }) => <p className="font-semibold">{children}</p>,
  h5: ({ children }) => <p className="font-semibold">{children}</p>,
  h6: ({ children }) => <p className="font-semibold">{children}</p>,
  a: ({ href = '', children }) =>
    /^https?:\/\//i.test(href) ? (
      <>
        {children}{' '}
        <a href={href} target="_blank" rel="noreferrer" className="text-action underline">
          ({href})
        </a>
      </>
    ) : (
      children
    ),
}
