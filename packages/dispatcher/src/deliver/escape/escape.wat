;; The inside of a JSON string, as UTF-8, from UTF-16: what JSON.stringify writes between the quotes, byte for byte.
;;
;; Sixteen units at a time. A block that can be copied as it is costs two loads, three comparisons and one store. Where something has to
;; be escaped, that is written over its copy and the rest of the block is copied again behind it. Where something is not ASCII, that and
;; what follows of its kind is encoded, and the next block begins behind it.
;;
;; Memory: spellings | input | output. Whoever calls puts at most $most_units units (little-endian) at $input, calls, and finds the
;; bytes at $output. A block is loaded and stored whole even where less of it counts, so there is room for one more behind both.
;;
;; `node scripts/assemble.mjs` makes ../generated/escape-wasm.ts of this file.

(module
  (memory (export "memory") 3)

  (global $most_units (export "most_units") i32 (i32.const 16384))
  (global $input (export "input") i32 (i32.const 0x400))
  ;; Behind 0x8000 bytes of input. No unit has more than six bytes of output.
  (global $output (export "output") i32 (i32.const 0x8800))

  ;; How each unit that has to be escaped is spelled: at eight times the unit eight bytes, of which the last says how many count.
  (data (i32.const 0x000)
    "\\u0000\00\06" "\\u0001\00\06" "\\u0002\00\06" "\\u0003\00\06"
    "\\u0004\00\06" "\\u0005\00\06" "\\u0006\00\06" "\\u0007\00\06"
    "\\b\00\00\00\00\00\02" "\\t\00\00\00\00\00\02" "\\n\00\00\00\00\00\02" "\\u000b\00\06"
    "\\f\00\00\00\00\00\02" "\\r\00\00\00\00\00\02" "\\u000e\00\06" "\\u000f\00\06"
    "\\u0010\00\06" "\\u0011\00\06" "\\u0012\00\06" "\\u0013\00\06"
    "\\u0014\00\06" "\\u0015\00\06" "\\u0016\00\06" "\\u0017\00\06"
    "\\u0018\00\06" "\\u0019\00\06" "\\u001a\00\06" "\\u001b\00\06"
    "\\u001c\00\06" "\\u001d\00\06" "\\u001e\00\06" "\\u001f\00\06")
  (data (i32.const 0x110) "\\\22\00\00\00\00\00\02")
  (data (i32.const 0x2e0) "\\\\\00\00\00\00\00\02")
  (data (i32.const 0x300) "0123456789abcdef")

  ;; Escapes $units units of the input and answers how many bytes the output has.
  (func (export "escape") (param $units i32) (result i32)
    (local $in i32) (local $end i32) (local $out i32)
    (local $special i32) (local $at i32) (local $unit i32) (local $v v128) (local $head v128)
    (local.set $in (global.get $input))
    (local.set $out (global.get $output))
    (local.set $end (i32.add (local.get $in) (i32.shl (local.get $units) (i32.const 1))))

    (loop $blocks
      ;; The last block may have gone beyond the end: what it copied there does not count.
      (if (i32.ge_u (local.get $in) (local.get $end))
        (then
          (return
            (i32.sub
              (i32.sub (local.get $out) (global.get $output))
              (i32.shr_u (i32.sub (local.get $in) (local.get $end)) (i32.const 1))))))

      ;; Narrowed as signed numbers: 0x80 to 0x7fff end up at 0x80 or above, and 0x8000 to 0xffff at 0. So nothing that is not ASCII
      ;; looks like a letter, and as signed bytes all of it is less than a space, as control characters are.
      (local.set $v
        (i8x16.narrow_i16x8_u (v128.load (local.get $in)) (v128.load offset=16 (local.get $in))))
      (v128.store (local.get $out) (local.get $v))
      ;; One bit for each unit that is not copied as it is.
      (local.set $special
        (i8x16.bitmask
          (v128.or
            (i8x16.lt_s (local.get $v) (i8x16.splat (i32.const 0x20)))
            (v128.or
              (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x22)))
              (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x5c)))))))
      (if (i32.gt_u (i32.add (local.get $in) (i32.const 32)) (local.get $end))
        (then
          (local.set $special
            (i32.and
              (local.get $special)
              (i32.sub
                (i32.shl
                  (i32.const 1)
                  (i32.shr_u (i32.sub (local.get $end) (local.get $in)) (i32.const 1)))
                (i32.const 1))))))

      (block $not_ascii
        (loop $specials
          (if (i32.eqz (local.get $special))
            (then
              (local.set $in (i32.add (local.get $in) (i32.const 32)))
              (local.set $out (i32.add (local.get $out) (i32.const 16)))
              (br $blocks)))
          (local.set $at (i32.ctz (local.get $special)))
          (local.set $special
            (i32.and (local.get $special) (i32.sub (local.get $special) (i32.const 1))))
          (local.set $unit
            (i32.load16_u (i32.add (local.get $in) (i32.shl (local.get $at) (i32.const 1)))))
          (br_if $not_ascii (i32.ge_u (local.get $unit) (i32.const 0x80)))
          (i64.store
            (i32.add (local.get $out) (local.get $at))
            (i64.load (i32.shl (local.get $unit) (i32.const 3))))
          ;; $out moves with what became longer, so that every unit of the block goes to $out plus its place in the block.
          (local.set $out
            (i32.add
              (local.get $out)
              (i32.sub (i32.load8_u offset=7 (i32.shl (local.get $unit) (i32.const 3))) (i32.const 1))))
          (v128.store offset=1
            (i32.add (local.get $out) (local.get $at))
            (i8x16.narrow_i16x8_u
              (v128.load offset=2 (i32.add (local.get $in) (i32.shl (local.get $at) (i32.const 1))))
              (v128.load offset=18 (i32.add (local.get $in) (i32.shl (local.get $at) (i32.const 1))))))
          (br $specials)))

      ;; What stands before the unit that is not ASCII is done.
      (local.set $in (i32.add (local.get $in) (i32.shl (local.get $at) (i32.const 1))))
      (local.set $out (i32.add (local.get $out) (local.get $at)))

      (loop $more
        (block $written
          ;; Two bytes: 110xxxxx 10xxxxxx.
          (if (i32.lt_u (local.get $unit) (i32.const 0x800))
            (then
              (i32.store16 (local.get $out)
                (i32.or
                  (i32.const 0x80c0)
                  (i32.or
                    (i32.shr_u (local.get $unit) (i32.const 6))
                    (i32.shl (i32.and (local.get $unit) (i32.const 0x3f)) (i32.const 8)))))
              (local.set $in (i32.add (local.get $in) (i32.const 2)))
              (local.set $out (i32.add (local.get $out) (i32.const 2)))
              (br $written)))

          ;; Eight units of three bytes each.
          (block $not_eight
            (br_if $not_eight (i32.gt_u (i32.add (local.get $in) (i32.const 16)) (local.get $end)))
            (local.set $v (v128.load (local.get $in)))
            (local.set $head (v128.and (local.get $v) (i16x8.splat (i32.const 0xf800))))
            (br_if $not_eight (i32.eqz (i16x8.all_true (local.get $head))))
            (br_if $not_eight
              (v128.any_true (i16x8.eq (local.get $head) (i16x8.splat (i32.const 0xd800)))))
            ;; The first and the second byte of each, then the third one.
            (local.set $head
              (v128.or
                (i16x8.splat (i32.const 0x80e0))
                (v128.or
                  (i16x8.shr_u (local.get $v) (i32.const 12))
                  (v128.and
                    (i16x8.shl (local.get $v) (i32.const 2))
                    (i16x8.splat (i32.const 0x3f00))))))
            (local.set $v
              (v128.or
                (i16x8.splat (i32.const 0x80))
                (v128.and (local.get $v) (i16x8.splat (i32.const 0x3f)))))
            (v128.store (local.get $out)
              (i8x16.shuffle 0 1 16 2 3 18 4 5 20 6 7 22 8 9 24 10 (local.get $head) (local.get $v)))
            (v128.store offset=16 (local.get $out)
              (i8x16.shuffle 11 26 12 13 28 14 15 30 0 0 0 0 0 0 0 0 (local.get $head) (local.get $v)))
            (local.set $in (i32.add (local.get $in) (i32.const 16)))
            (local.set $out (i32.add (local.get $out) (i32.const 24)))
            (br $written))

          (local.set $in (i32.add (local.get $in) (i32.const 2)))

          ;; Three bytes: 1110xxxx 10xxxxxx 10xxxxxx. The fourth that is stored does not count.
          (if (i32.ne (i32.and (local.get $unit) (i32.const 0xf800)) (i32.const 0xd800))
            (then
              (i32.store (local.get $out)
                (i32.or
                  (i32.or (i32.const 0x8080e0) (i32.shr_u (local.get $unit) (i32.const 12)))
                  (i32.or
                    (i32.and (i32.shl (local.get $unit) (i32.const 2)) (i32.const 0x3f00))
                    (i32.shl (i32.and (local.get $unit) (i32.const 0x3f)) (i32.const 16)))))
              (local.set $out (i32.add (local.get $out) (i32.const 3)))
              (br $written)))

          ;; A pair of surrogates is one code point of four bytes: 11110xxx 10xxxxxx 10xxxxxx 10xxxxxx.
          (block $not_a_pair
            (br_if $not_a_pair (i32.ge_u (local.get $unit) (i32.const 0xdc00)))
            ;; Behind the end stands something old.
            (br_if $not_a_pair (i32.ge_u (local.get $in) (local.get $end)))
            (local.set $at (i32.load16_u (local.get $in)))
            (br_if $not_a_pair
              (i32.ne (i32.and (local.get $at) (i32.const 0xfc00)) (i32.const 0xdc00)))
            (local.set $unit
              (i32.add
                (i32.const 0x10000)
                (i32.or
                  (i32.shl (i32.and (local.get $unit) (i32.const 0x3ff)) (i32.const 10))
                  (i32.and (local.get $at) (i32.const 0x3ff)))))
            (i32.store (local.get $out)
              (i32.or
                (i32.or
                  (i32.or (i32.const 0x808080f0) (i32.shr_u (local.get $unit) (i32.const 18)))
                  (i32.and (i32.shr_u (local.get $unit) (i32.const 4)) (i32.const 0x3f00)))
                (i32.or
                  (i32.and (i32.shl (local.get $unit) (i32.const 10)) (i32.const 0x3f0000))
                  (i32.shl (i32.and (local.get $unit) (i32.const 0x3f)) (i32.const 24)))))
            (local.set $in (i32.add (local.get $in) (i32.const 2)))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            (br $written))

          ;; A surrogate without its other half has no UTF-8. It is spelled \udxxx, and its first digit is always a d.
          (i32.store (local.get $out) (i32.const 0x0064755c))
          (i32.store8 offset=3 (local.get $out)
            (i32.load8_u offset=0x300
              (i32.and (i32.shr_u (local.get $unit) (i32.const 8)) (i32.const 0xf))))
          (i32.store8 offset=4 (local.get $out)
            (i32.load8_u offset=0x300
              (i32.and (i32.shr_u (local.get $unit) (i32.const 4)) (i32.const 0xf))))
          (i32.store8 offset=5 (local.get $out)
            (i32.load8_u offset=0x300 (i32.and (local.get $unit) (i32.const 0xf))))
          (local.set $out (i32.add (local.get $out) (i32.const 6))))

        ;; Where one unit is not ASCII, the next is mostly not either.
        (br_if $blocks (i32.ge_u (local.get $in) (local.get $end)))
        (local.set $unit (i32.load16_u (local.get $in)))
        (br_if $more (i32.ge_u (local.get $unit) (i32.const 0x80)))
        (br $blocks))
      (unreachable))
    (unreachable)))
