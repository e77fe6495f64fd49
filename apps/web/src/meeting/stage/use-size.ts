import { onBeforeUnmount, onMounted, type Ref, shallowRef } from 'vue';
import type { Size } from './rect.ts';

/** How large an element is, always; nothing until it is seen. */
export function useSize(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<Size>> {
  const size = shallowRef<Size>({ width: 0, height: 0 });
  const observer = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = element.value ?? { clientWidth: 0, clientHeight: 0 };
    size.value = { width, height };
  });
  onMounted(() => element.value && observer.observe(element.value));
  onBeforeUnmount(() => observer.disconnect());
  return size;
}
