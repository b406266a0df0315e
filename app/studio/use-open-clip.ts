import { useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { useCallback } from 'react';

/** The clip that is open, as the address says (`?clip=…`): a link leads to it and Back closes it. */
export function useOpenClip(): { openId: string | null; show: (clipId: string | null) => void } {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const location = useLocation();
  const openId = search.get('clip');
  const cameFromStrip = (location.state as { fromStrip?: boolean } | null)?.fromStrip === true;
  const show = useCallback(
    (clipId: string | null) => {
      if (clipId === null && cameFromStrip) return navigate(-1);
      const stay = { preventScrollReset: true, replace: openId !== null };
      navigate(clipId === null ? '.' : `?clip=${clipId}`, {
        ...stay,
        state: clipId === null ? null : { fromStrip: openId === null || cameFromStrip },
      });
    },
    [navigate, openId, cameFromStrip],
  );
  return { openId, show };
}
