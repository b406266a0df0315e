import { useLocation, useNavigate } from '@remix-run/react';
import { Button, type ButtonKind, type ButtonSize } from '~/components/button';
import { pathToBuy } from './return-url';

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
  const navigate = useNavigate();
  const { pathname, search, state } = useLocation();
  return (
    <Button
      kind={kind}
      size={size}
      className={className}
      onClick={() => {
        onPress?.();
        navigate(pathToBuy(pathname + search), { preventScrollReset: true, state: { ...state, openedBuying: true } });
      }}
    >
      Buy credits
    </Button>
  );
}
