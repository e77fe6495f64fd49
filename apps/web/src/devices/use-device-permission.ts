import type { CaptureKind } from '@rivero/sdk';
import { onBeforeUnmount, onMounted, readonly, ref, type Ref } from 'vue';
import { devicePermission } from './device-problem.ts';

/** Whether the page may use such a device, as the person changes it beside the address; undefined where the browser does not tell. */
export function useDevicePermission(
  kind: CaptureKind,
  onChange: () => void,
): Readonly<Ref<PermissionState | undefined>> {
  const state = ref<PermissionState>();
  let permission: PermissionStatus | undefined;
  let isGone = false;

  function follow(): void {
    state.value = permission?.state;
    onChange();
  }

  onMounted(async () => {
    permission = await devicePermission(kind);
    if (isGone) return;
    state.value = permission?.state;
    permission?.addEventListener('change', follow);
  });
  onBeforeUnmount(() => {
    isGone = true;
    permission?.removeEventListener('change', follow);
  });
  return readonly(state);
}
