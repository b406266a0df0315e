/**
 * Keeps a page alive, and its words true, while a translator of the browser works on it. A translator takes a text out of
 * the page and puts an element with its translation in that place. React keeps the text that it made: it would change it
 * where nobody sees it, so that a button shows the words of a moment ago, or fail when it removes it, which replaces the
 * whole page by the error page. After this call, a changed text comes back in place of its translation, to be translated
 * anew, and a removed one takes its translation along.
 */
export function outliveTranslators(): void {
  const translations = new WeakMap<Node, Node>();
  const { removeChild, insertBefore } = Node.prototype;
  const nodeValue = Object.getOwnPropertyDescriptor(Node.prototype, 'nodeValue');
  if (!nodeValue?.set || !nodeValue.get) return;
  const { get, set } = nodeValue;

  /** What stands in the page for this node, which may be the node itself. */
  const standing = (node: Node, parent: Node): Node => {
    const translation = node.parentNode === parent ? undefined : translations.get(node);
    return translation?.parentNode === parent ? translation : node;
  };

  Node.prototype.removeChild = function <Child extends Node>(this: Node, child: Child): Child {
    removeChild.call(this, standing(child, this));
    return child;
  };
  Node.prototype.insertBefore = function <Child extends Node>(this: Node, child: Child, next: Node | null): Child {
    insertBefore.call(this, child, next && standing(next, this));
    return child;
  };
  Object.defineProperty(Node.prototype, 'nodeValue', {
    ...nodeValue,
    get,
    set(this: Node, value: string | null) {
      set.call(this, value);
      const translation = this.parentNode ? undefined : translations.get(this);
      translation?.parentNode?.replaceChild(this, translation);
    },
  });

  new MutationObserver((records) => {
    for (const { removedNodes, addedNodes, previousSibling, nextSibling } of records)
      for (const node of removedNodes)
        if (node.nodeType === Node.TEXT_NODE && !node.parentNode) {
          const translation = [...addedNodes, previousSibling, nextSibling].find((other) => other?.nodeName === 'FONT');
          if (translation) translations.set(node, translation);
        }
  }).observe(document.documentElement, { childList: true, subtree: true });
}
