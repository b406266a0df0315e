import { useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { useCallback } from 'react';

/** The clip of the open panel, kept in the address (`?clip=…`): a link can open it and Back closes it. */
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
