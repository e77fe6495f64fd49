import { readonly, type Ref, ref } from 'vue';

/** A finger has nothing to point with: a tap shows the buttons of a tile, another one hides them. */
export function useAwake(): { readonly isAwake: Readonly<Ref<boolean>>; readonly wake: (event: PointerEvent) => void } {
  const isAwake = ref(false);
  return {
    isAwake: readonly(isAwake),
    wake({ pointerType }) {
      if (pointerType !== 'mouse') isAwake.value = !isAwake.value;
    },
  };
}
