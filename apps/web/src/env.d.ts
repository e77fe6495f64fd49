/** Of the program that this page belongs to. */
declare const __RIVERO_VERSION__: string;
