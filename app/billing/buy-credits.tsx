import { Button, type ButtonKind, type ButtonSize } from '~/components/button';
import { useSheet } from '~/components/use-sheet';

/** The button that opens the buying sheet over the page. The address says that it is open: Back closes it. */
export function BuyCredits({
  kind,
  size,
  className = 'w-full',
  onPress,
}: {
  kind: ButtonKind;
  size?: ButtonSize;
  className?: string;
  onPress?: () => void;
}) {
  const { show } = useSheet('buy');
  return (
    <Button
      kind={kind}
      size={size}
      className={className}
      onClick={() => {
        onPress?.();
        show('');
      }}
    >
      Buy credits
    </Button>
  );
}
