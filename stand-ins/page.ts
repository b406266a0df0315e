import { escaped } from './http.ts';

/** The document around every page of the stand-ins, light or dark as the system is. */
export function page(title: string, body: string, { wide = false }: { wide?: boolean } = {}): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head><body class="${wide ? 'wide' : ''}"><main>${body}</main></body></html>`;
}

const style = `
:root{color-scheme:light dark;--line:light-dark(#ddd6cb,#3a3530);--soft:light-dark(#6b6259,#a89f95);--card:light-dark(#fff,#221f1c);--ground:light-dark(#f7f3ec,#171513);--ink:light-dark(#25201b,#f1ece4)}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:0 auto;padding:2rem 1rem 4rem}.wide main{max-width:72rem}
h1{font-size:1.4rem;margin:0 0 .25rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}p{margin:.25rem 0 1rem}.soft{color:var(--soft)}
button,input,select{font:inherit;color:inherit;min-height:44px;border:1px solid var(--line);border-radius:10px;background:var(--card);padding:.5rem .9rem}
button{cursor:pointer}button:hover{border-color:var(--ink)}:focus-visible{outline:2px solid;outline-offset:2px}
.person{display:flex;gap:.8rem;align-items:center;width:100%;text-align:left;margin:.4rem 0}.person img{border-radius:50%}.person small{display:block;color:var(--soft)}
summary{min-height:44px;padding:.6rem 0;cursor:pointer}form.row,div.row{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}form.row+form.row{margin-top:.5rem}.row form.row{margin:0}.row input[type=number]{width:6rem}.row input[type=checkbox]{min-height:0;vertical-align:middle}label{display:grid;gap:.2rem;font-size:.9rem}.stack label{margin:.6rem 0}.stack input{width:100%}
table{width:100%;border-collapse:collapse;font-size:.9rem}td,th{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}td.path{word-break:break-all}
.stack button{display:block;width:100%;margin:.5rem 0}button.main{background:var(--ink);color:var(--ground);font-weight:600}ul.plain{list-style:none;padding:0}ul.plain li{display:flex;justify-content:space-between;gap:1rem}
.scroll{overflow-x:auto}.bad{color:light-dark(#a2321b,#ff9a7f)}video{max-height:9rem;border-radius:8px;background:#000}code{font-size:.9em}`;
