export declare function tableText(head: readonly unknown[], rows: readonly (readonly unknown[])[]): string;
export declare function printTable(head: readonly unknown[], rows: readonly (readonly unknown[])[]): void;
export declare function percentile(numbers: readonly number[], share: number): number;
export declare function median(numbers: readonly number[]): number;
